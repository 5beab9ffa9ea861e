from knowledge_base.confidence import DEFAULT
from knowledge_base.fitting import Fitted
from knowledge_base.measuring import curve_table, fitted_table
from knowledge_base.wire import CurvePoint


def cells(column: int, table: object) -> list[str]:
    return [str(cell) for cell in table.columns[column].cells]  # type: ignore[attr-defined]


def test_a_fit_is_told_with_what_it_was_chosen_by() -> None:
    fitted = Fitted(DEFAULT, (0.9, 0.95, 0.2), (True, True, False), 0.4, 0.2, 0.1)
    told = dict(zip(cells(0, fitted_table(fitted)), cells(1, fitted_table(fitted)), strict=True))
    assert told["lowest target they can promise"] == "40.0 %"
    assert (told["answered"], told["wrong among them"]) == ("0.667", "0.000")
    assert told["AUROC, first hit right against wrong"] == "1.000"


def test_without_golden_questions_a_fit_says_little() -> None:
    assert len(cells(0, fitted_table(Fitted(DEFAULT)))) == 3


def test_a_curve_has_a_line_for_each_point() -> None:
    points = [CurvePoint(threshold=0.9, answered=0.5, error=0.01, bound=0.05, count=10)]
    assert cells(3, curve_table(points)) == ["0.050"]
