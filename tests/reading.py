"""What an answer says, also where it is no text: a bundle is opened, so that nothing hides in what is packed."""

import io
import zipfile
from typing import Any


def text_of(answer: Any) -> str:
    body: bytes = answer.get_data()
    if answer.mimetype == "application/zip":
        with zipfile.ZipFile(io.BytesIO(body)) as bundle:
            body = b"\n".join(name.encode() + b"\n" + bundle.read(name) for name in bundle.namelist())
    return body.decode("utf-8", "replace")
