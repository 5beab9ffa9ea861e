"""A stand-in for the gateway's library API on a free port: answers as told and remembers what it was asked."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

SECRET = "kept-between-processes"


def hit(passage_id: str = "p-returns", title: str = "Returns", heading: str = "Sale items") -> dict[str, Any]:
    """One passage, with every field of the wire."""
    return {
        "passage_id": passage_id,
        "article_slug": title.lower(),
        "article_title": title,
        "heading": heading,
        "text": f"What {title} says.\n\nIn two paragraphs.",
        "html": f"<p>What {title} says.</p>",
        "score": 1.5,
        "url": f"/help/{title.lower()}",
        "updated_at": "2026-11-01T10:00:00Z",
    }


class FakeLibrary:
    """`reply` (status, body) is what the next requests get; by default the library is sure of its first passage."""

    def __init__(self) -> None:
        self.reply: tuple[int, Any] = (200, self.sure())
        self.replies: dict[str, Any] = {}
        """What is said to these questions, whatever `reply` says."""
        self.delay_seconds = 0.0
        self.questions: list[dict[str, Any]] = []
        self.secrets: list[str | None] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}"

    def sure(self) -> dict[str, Any]:
        return {"decision": "answer", "confidence": 0.91, "hits": [hit()]}

    def unsure(self, passages: int = 3) -> dict[str, Any]:
        return {
            "decision": "clarify",
            "confidence": 0.4,
            "hits": [hit(f"p{n}", f"Title {n}") for n in range(passages)],
        }

    def clueless(self) -> dict[str, Any]:
        return {"decision": "none", "confidence": 0.03, "hits": []}

    def forget(self) -> None:
        self.reply, self.delay_seconds = (200, self.sure()), 0.0
        self.questions.clear()
        self.secrets.clear()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(5)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        library = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            # head and body go out as two packets; without this the second waits 40 ms for an acknowledgement
            disable_nagle_algorithm = True

            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                library.questions.append(json.loads(body))
                special = library.replies.get(library.questions[-1]["question"])
                library.reply = (200, special) if special else library.reply
                self._answer()

            def do_GET(self) -> None:
                if library.reply[0] == 200 and "/passages/" in self.path:
                    passage_id = self.path.rsplit("/", 1)[1]
                    library.reply = (200, hit(passage_id, "Chosen"))
                self._answer()

            def _answer(self) -> None:
                library.secrets.append(self.headers["X-Frontdesk-Secret"])
                time.sleep(library.delay_seconds)
                status, content = library.reply
                data = content if isinstance(content, bytes) else json.dumps(content).encode()
                with contextlib.suppress(
                    BrokenPipeError, ConnectionResetError
                ):  # the client gave up, as it should
                    self.send_response(status)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(data)))
                    self.end_headers()
                    self.wfile.write(data)

            def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name that http.server uses
                """Stay silent: test output is for failures."""

        return Handler
