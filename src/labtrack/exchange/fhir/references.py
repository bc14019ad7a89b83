"""What a reference means: R4's rules for Bundles, and the one server of a bulk export. What could be two resources is neither.

A resource is known under keys of (scope, text). A Bundle is a scope, within those of the Bundles around it; scope 0 is the file. What
is unique anywhere (an http address, a UUID) is known in scope :data:`ANYWHERE`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias
from urllib.parse import unquote_plus

from labtrack.exchange.fhir.elements import mapping_at, text_at

Key: TypeAlias = tuple[int, str]

#: The scope of addresses that are unique in the world.
ANYWHERE = -1
#: A longer reference is none.
LONGEST = 2_000

_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_URN_UUID = re.compile(rf"urn:uuid:{_UUID}")
#: An id that no other resource has, whatever server it is on.
is_uuid = re.compile(_UUID, re.IGNORECASE).fullmatch
_RELATIVE = re.compile(r"(?P<kind>[A-Z][A-Za-z]+)/(?P<id>[A-Za-z0-9\-.]{1,64})")
_CONDITIONAL = re.compile(r"(?P<kind>[A-Z][A-Za-z]+)\?(?:.*&)?identifier=(?P<identifier>[^&]+)")


class Place(NamedTuple):
    """Where a resource stands: its Bundle and those around it, innermost first; its address; the server that the address names."""

    scopes: tuple[int, ...] = (0,)
    url: str = ""
    base: str = ""


class Reference(NamedTuple):
    """A Reference taken apart. ``kind`` and ``id`` are of its address where that says so, ``base`` the server that it names.

    ``system`` and ``value`` are of the identifier that it gives instead, or beside; ``local`` names a contained resource.
    """

    url: str = ""
    kind: str = ""
    id: str = ""
    base: str = ""
    local: str = ""
    system: str = ""
    value: str = ""
    display: str = ""
    type: str = ""


def address_of(url: str) -> str:
    """An address as it is compared: without a version, URNs in lower case; empty for what is no absolute address."""
    if len(url) > LONGEST:
        return ""
    if url[:4].lower() == "urn:":
        return url.lower()
    if url[:4].lower() != "http":
        return ""
    return url.partition("/_history/")[0].partition("#")[0].rstrip("/")


def place_of(scopes: tuple[int, ...], full_url: str, kind: str) -> Place:
    """The place of a Bundle's entry."""
    url = address_of(full_url)
    if url[:4] == "urn:" or not url:
        return Place(scopes, url)
    base, _, rest = url.rpartition(f"/{kind}/")
    return Place(scopes, url, base if "/" not in rest else "")


def reference_of(element: object) -> Reference:
    """A Reference element taken apart; anything else is an empty one."""
    if not isinstance(element, Mapping):
        return Reference()
    text = text_at(element, "reference").strip()
    identifier = element.get("identifier")
    system, value = (text_at(identifier, "system"), text_at(identifier, "value")) if identifier else ("", "")
    if len(system) > LONGEST or len(value) > LONGEST:
        system, value = "", ""
    display, type_ = text_at(element, "display")[:LONGEST], text_at(element, "type").rpartition("/")[2][:LONGEST]
    if text[:1] == "#":
        return Reference(local=text[1:] if len(text) <= LONGEST else "", display=display, type=type_, system=system, value=value)
    conditional = _CONDITIONAL.fullmatch(text) if "?" in text and len(text) <= LONGEST else None
    if conditional is not None:
        told_system, bar, told = unquote_plus(conditional["identifier"]).rpartition("|")
        return Reference(kind=conditional["kind"], system=told_system if bar else "", value=told, display=display, type=type_)
    url = address_of(text)
    path = text.partition("/_history/")[0] if not url else "/".join(url.rsplit("/", 2)[-2:])
    match = _RELATIVE.fullmatch(path) if url[:4] != "urn:" and len(path) <= LONGEST else None
    if match is None:
        return Reference(url, "", "", "", "", system, value, display, type_)
    base = url.rsplit("/", 2)[0] if url else ""
    return Reference(url, match["kind"], match["id"], base, "", system, value, display, type_)


def own_keys(kind: str, id: str, place: Place) -> list[Key]:
    """Everything that a resource is known under; the surest first."""
    scope, url = place.scopes[0], place.url
    keys = [(ANYWHERE if _is_unique(url) else scope, url)] if url else []
    if id:
        keys.append((scope, f"*{kind}/{id}"))
        if place.base:
            on_server = f"{place.base}/{kind}/{id}"
            keys += [(ANYWHERE, on_server)] if on_server != url else []
        else:
            keys.append((scope, f"~{kind}/{id}"))
    return keys


def target_keys(reference: Reference, place: Place) -> list[Key]:
    """Under what to look for the target of a reference that stands at ``place``; the first that is known is it.

    A relative reference is of the server of the resource that it stands in; where that says none, of whatever is in the file.
    """
    url = reference.url
    if url:
        return [(ANYWHERE, url)] if _is_unique(url) else [(scope, url) for scope in place.scopes]
    if not reference.kind or not reference.id:
        return []
    path = f"{reference.kind}/{reference.id}"
    if place.base:
        return [(ANYWHERE, f"{place.base}/{path}"), *((scope, f"~{path}") for scope in place.scopes)]
    return [(scope, f"*{path}") for scope in place.scopes]


def _is_unique(url: str) -> bool:
    return url[:4] != "urn:" or url[:8] == "urn:oid:" or _URN_UUID.fullmatch(url) is not None


def references_at(resource: Mapping[str, Any], name: str) -> Sequence[Reference]:
    """The References of an array."""
    found = resource.get(name)
    return [reference_of(each) for each in found if isinstance(each, Mapping)] if isinstance(found, list) else ()


def kind_of(resource: Mapping[str, Any]) -> str:
    """A resource's type; empty where it says none."""
    return text_at(resource, "resourceType")


def subject_of(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """The subject element, empty where there is none."""
    return mapping_at(resource, "subject")
