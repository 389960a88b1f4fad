"""files.py — Which addresses lead to a document to download and not to a page."""

from flows.text.extract.tags import named

_FILES = named("pdf doc docx xls xlsx ppt pptx wps et ofd ceb rar zip 7z txt rtf csv tif tiff")
_SERVED = (
    "download.jsp",
    "downfile",
    "down.jsp",
    "downloadattach",
    "mod=attachment",
    "/attach/",
    "/attachment/",
    "showname=",
    "filename=",
)


def is_file(href: str) -> bool:
    """Tell whether an address is a document to download, by its extension or by the system's download page.

    >>> is_file("/P0202304.pdf"), is_file("/module/download/downfile.jsp?filename=1.doc"), is_file("/art/1.html")
    (True, True, False)
    """
    if href.endswith((".html", ".htm", ".shtml", "/")):
        return False
    path, _, query = href.partition("?")
    if path[path.rfind(".") + 1 :].lower() in _FILES:
        return True
    low = href.lower() if query or "own" in path or "ttach" in path else ""
    return low != "" and any(served in low for served in _SERVED)
