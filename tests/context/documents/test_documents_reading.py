"""Files of every kind become the same text, and what cannot be read says why."""

from __future__ import annotations

import io
import zipfile

import pytest

from engine.context.documents.reading.read import read_document, text_document
from engine.errors import DataError

CHINESE = "第一章 开始\n\n小明去了公园。小红的密码是4821。\n"


def written(folder, name, data):
    path = folder / name
    path.write_bytes(data)
    return path


def pdf(pages):
    """A PDF by hand: one line of text per page, an empty string for a page without any."""
    objects = ["<< /Type /Catalog /Pages 2 0 R >>"]
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects.append(f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>")
    objects.append("<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>")
    for at, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET" if text else "0 0 100 100 re f"
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * at} 0 R >>"
        )
        objects.append(f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream")
    out, places = b"%PDF-1.4\n", []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010d} 00000 n \n".encode() for place in places)
    tail = f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    return out + tail.encode()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
def test_text_of_any_usual_encoding_is_the_same(tmp_path, encoding):
    path = written(tmp_path, "a.txt", CHINESE.replace("\n", "\r\n").encode(encoding))
    assert read_document(path).text == CHINESE


def test_a_web_page_is_what_a_reader_sees(tmp_path):
    page = (
        "<html><head><title>Not shown</title><style>p {color: red}</style></head><body>"
        "<h1>Keys &amp; locks</h1><script>var x = 'hidden';</script>"
        "<p>The key of <b>Anna</b>\n   is 4821.</p><!-- hidden --><ul><li>one<li>two</ul>"
        "<h2>Table</h2><table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>"
        "<pre>x = 1\n  y = 2</pre></body></html>"
    )
    text = read_document(written(tmp_path, "a.html", page.encode())).text
    assert text.startswith("# Keys & locks\n\nThe key of Anna is 4821.")
    assert "- one" in text
    assert "## Table" in text
    assert "a | b" in text
    assert "c | d" in text
    assert "hidden" not in text
    assert "red" not in text


def test_a_web_page_follows_the_encoding_that_it_declares(tmp_path):
    page = '<meta charset="gb2312"><p>小明的密码是4821。</p>'.encode("gbk")
    assert read_document(written(tmp_path, "a.htm", page)).text == "小明的密码是4821。"
    wrong = '<meta charset="ascii"><p>小明的密码是4821。</p>'.encode()
    assert read_document(written(tmp_path, "b.htm", wrong)).text == "小明的密码是4821。"


def test_a_pdf_knows_its_pages(tmp_path):
    document = read_document(written(tmp_path, "a.pdf", pdf(["First page.", "", "Third page."])))
    assert document.text.split() == ["First", "page.", "Third", "page."]
    assert document.page_of(0) == 1
    assert document.page_of(document.text.index("Third")) == 3
    assert document.content.note == "1 of 3 pages of “a.pdf” hold no text."


def test_a_word_file_keeps_its_headings_and_tables(tmp_path):
    from docx import Document

    made = Document()
    made.add_heading("Keys", level=1)
    made.add_paragraph("The key of Anna is 4821.")
    made.add_heading("Deeper", level=2)
    table = made.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Ben", "77310"
    made.add_paragraph("The end.")
    made.save(tmp_path / "a.docx")
    assert read_document(tmp_path / "a.docx").text == (
        "# Keys\n\nThe key of Anna is 4821.\n\n## Deeper\n\nBen | 77310\n\nThe end."
    )


def locked_pdf():
    from pypdf import PdfReader, PdfWriter

    writer = PdfWriter(clone_from=PdfReader(io.BytesIO(pdf(["Secret."]))))
    writer.encrypt("word", algorithm="RC4-128")
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def other_zip():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "no Word file")
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("a.txt", b"", "is empty"),
        ("a.md", b" \r\n\t\n", "is empty"),
        ("a.html", b"<html><body><script>1</script></body></html>", "is empty"),
        ("a.txt", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", "zero bytes"),
        ("a.txt", "Müller aß süße Äpfel.".encode("latin-1"), "neither UTF-8 nor GB18030"),
        ("a.txt", "text".encode("utf-16")[:-1], "ends in the middle"),
        ("a.pdf", pdf(["", ""]), "its 2 pages are pictures"),
        ("a.pdf", b"%PDF-1.4\nnothing", "is damaged"),
        ("a.pdf", locked_pdf(), "locked by a password"),
        ("a.docx", b"no zip", "no .docx"),
        ("a.docx", other_zip(), "no .docx"),
        ("a.doc", b"\xd0\xcf\x11\xe0", "cannot be read"),
    ],
)
def test_what_cannot_be_read_says_what_is_wrong_with_which_file(tmp_path, name, data, said):
    with pytest.raises(DataError) as caught:
        read_document(written(tmp_path, name, data))
    assert said in caught.value.message
    assert name in caught.value.message
    assert caught.value.hint


def test_a_file_that_is_not_there_is_named(tmp_path):
    with pytest.raises(DataError, match=r"gone\.txt"):
        read_document(tmp_path / "gone.txt")


def test_an_empty_text_is_named():
    with pytest.raises(DataError, match="Pasted"):
        text_document("Pasted", "  \n")
