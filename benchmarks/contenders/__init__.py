"""The product and its peers, each answering the same eight rules and four checks on the same columns.

A contender is a class with ``prepare`` (from columns to whatever it likes best, not timed) and ``run`` (timed), which answers with
:class:`benchmarks.contenders.question.Answers`.
"""
