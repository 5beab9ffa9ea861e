"""Puts figures of a library into a table: for the command line, and for the benchmarks.

This module must not know how figures are computed; that is `evaluation.py`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from rich.table import Table

from knowledge_base.confidence import Calibration
from knowledge_base.evaluation import (
    Golden,
    Outcome,
    ask,
    decisions,
    passage_found,
    recall,
    reciprocal_rank,
    separation,
)
from knowledge_base.fitting import Fitted
from knowledge_base.library import Library
from knowledge_base.risk import auroc
from knowledge_base.wire import CurvePoint


def retrieval_table(library: Library, sets: Mapping[str, Sequence[Golden]]) -> Table:
    """One row a set of questions; nan where no question names its headings.

    AUROC: right article in the library against the same questions with it hidden.
    """
    table = Table("questions", "R@1", "R@5", "right passage first", "MRR", "AUROC, article hidden")
    calibration = library.snapshot().calibration
    for name, goldens in sets.items():
        answerable = [golden for golden in goldens if golden.article]
        outcomes = ask(library, answerable)
        apart = separation(calibration, outcomes, ask(library, answerable, hide_article=True))
        figures = (
            recall(outcomes, 1),
            recall(outcomes, 5),
            passage_found(outcomes),
            reciprocal_rank(outcomes),
        )
        table.add_row(name, *(str(figure) for figure in figures), f"{apart:.3f}")
    return table


def decision_table(calibration: Calibration, outcomes: Sequence[Outcome]) -> Table:
    """What the thresholds lead to on these questions."""
    taken = decisions(calibration, outcomes)
    known = [o for o in outcomes if o.golden.article]
    foreign = [o for o in outcomes if not o.golden.article]
    table = Table("at the thresholds", "share")
    table.add_row(f"answered, from confidence {calibration.answer_threshold:.2f}", str(taken.answered))
    table.add_row("wrong among the answered", str(taken.wrong))
    table.add_row(f"asked back, from confidence {calibration.clarify_threshold:.2f}", str(taken.clarified))
    table.add_row("answerable, but neither answered nor asked back", str(taken.refused_answerable))
    table.add_row(
        "AUROC, answerable against not in the library", f"{separation(calibration, known, foreign):.3f}"
    )
    return table


def fitted_table(fitted: Fitted) -> Table:
    """What a calibration was chosen by; every confidence is one that did not see its question."""
    calibration = fitted.calibration
    table = Table(f"fitted to {calibration.basis}", "")
    kind = "promised" if calibration.promised else "estimated"
    table.add_row(f"wrong among the answered, {kind} at most", f"{100 * calibration.target:g} %")
    table.add_row("answers from confidence", f"{calibration.answer_threshold:.3f}")
    table.add_row("asks back from", f"{calibration.clarify_threshold:.3f}")
    if fitted.right:
        table.add_row("golden questions", str(fitted.golden))
        if fitted.stand_ins:
            table.add_row("asked again with their article hidden", str(fitted.stand_ins))
        table.add_row("lowest target they can promise", f"{100 * fitted.lowest_promise:.1f} %")
        table.add_row(
            "calibration error, prior / fitted", f"{fitted.ece_before:.3f} / {fitted.ece_after:.3f}"
        )
        confidence, right = np.array(fitted.confidence), np.array(fitted.right)
        apart = auroc(confidence[right], confidence[~right])
        table.add_row("AUROC, first hit right against wrong", f"{apart:.3f}")
        answered = confidence >= calibration.answer_threshold
        table.add_row("answered", f"{answered.mean():.3f}")
        table.add_row("wrong among them", f"{(~right[answered]).mean():.3f}" if answered.any() else "none")
    return table


def curve_table(points: Sequence[CurvePoint]) -> Table:
    """Risk over coverage."""
    table = Table("answered", "from confidence", "wrong among them", "nine times in ten under")
    for point in points:
        shares = (
            f"{point.answered:.3f}",
            f"{point.threshold:.3f}",
            f"{point.error:.3f}",
            f"{point.bound:.3f}",
        )
        table.add_row(*shares)
    return table
