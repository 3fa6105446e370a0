"""Tables as spreadsheets save them: what is read, and what is said about what cannot be."""

from __future__ import annotations

import pytest

from OrthoDiffusionLib.batch.clinical_table import read_clinical_table
from OrthoDiffusionLib.errors import StudyError
from OrthoDiffusionLib.table_file import read_table

WANTED = [{"study": "a", "age": "40"}, {"study": "b", "age": ""}]


@pytest.mark.parametrize(
    "text",
    [
        "study,age\na,40\nb,\n",
        "study;age\r\na;40\r\n;\r\n\r\nb;\r\n",
        "\ufeffstudy\tage\na\t40\nb\t\n",
        "sep=;\nstudy;age\na;40\nb;\n",
        "\n,,\n study , age \n a , 40 \nb\n",
        'study,age,\n"a","40",\nb,,\n',
    ],
)
def test_what_spreadsheets_write_is_read(tmp_path, text):
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode("utf-8"))
    rows, header = read_table(path, error=StudyError)
    assert header == ["study", "age"]
    assert [{"age": "", **row} for _, row in rows] == WANTED
    assert read_clinical_table(path) == {"a": {"age": "40"}, "b": {}}


def test_the_line_of_a_row_is_that_of_the_file(tmp_path):
    path = tmp_path / "table.csv"
    path.write_text("sep=;\n\nstudy;age\na;40\nb;old\n", encoding="utf-8")
    with pytest.raises(StudyError, match="age must be years") as caught:
        read_clinical_table(path)
    assert caught.value.where.endswith("line 5")


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("study,age\na,40,2\n", "Line 2 has 3 values for 2 columns"),
        ('study,age\n"a,40\nb,2\n', "no valid CSV"),
        ("study,sexx\na,f\n", "needs the column study and at least one of age"),
        ("study,age,sexx\na,40,f\n", "column ‘sexx’; is ‘sex’ meant"),
        ("study,age\na,40\na,41\n", "twice"),
        ("study,age\n,41\n", "No study is named"),
        ("", "needs the column study"),
    ],
)
def test_what_cannot_be_meant_is_said(tmp_path, text, what):
    path = tmp_path / "table.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(StudyError, match=what) as caught:
        read_clinical_table(path)
    assert caught.value.where.startswith(str(path))


def test_another_encoding_and_a_missing_file_are_named(tmp_path):
    path = tmp_path / "table.csv"
    path.write_bytes("study,age\nmüller,40\n".encode("latin-1"))
    with pytest.raises(StudyError, match="no UTF-8 text"):
        read_clinical_table(path)
    with pytest.raises(StudyError, match="No such file"):
        read_clinical_table(tmp_path / "nowhere.csv")
