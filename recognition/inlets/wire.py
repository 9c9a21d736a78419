"""What `/api/v1/hooks/<source>` takes and gives, for the API's description."""

from recognition.web.openapi import Answer, Body, Operation
from recognition.web.schemas import record, text, whole

HOOK = Operation(
    "deliverHook",
    "A forum or code host tells what happened there",
    {202: Answer("Signed, and taken or nothing for us.", record({"taken": whole(), "detail": text()}, ["detail"], "HookTaken"))},
    "For Discourse (`discourse`) and GitHub (`github`), with the headers that each of them sends. The signature over the raw "
    "body says which inlet it is for. The same delivery gets the same answer; another body under its id is refused. The "
    "answer says how many things were taken, never whose they are.",
    body=Body({"type": "object"}, words="As the source documents it; at most 1 MiB."),
    problems=(401, 409),
)
