"""Outside judges of a mail: Python's e-mail parser, and dkimpy.

Reads one JSON object a line, {"raw": base64, "dns": {name: record}}, and answers each with what it found.
"""
import base64
import json
import sys
from email import message_from_bytes, policy


def verifies(raw, index, records):
    import dkim

    try:
        return dkim.DKIM(raw).verify(idx=index, dnsfunc=lambda name, timeout=5: records.get(name))
    except dkim.ValidationError:
        return False


def judge(raw, dns):
    mail = message_from_bytes(raw, policy=policy.default)
    parts = [part for part in mail.walk() if not part.is_multipart()]
    found = {
        "defects": [repr(d) for part in mail.walk() for d in part.defects]
        + [repr(d) for _, value in mail.items() for d in getattr(value, "defects", ())],
        "headers": {name.lower(): str(value) for name, value in mail.items()},
        "name": mail["from"].addresses[0].display_name,
        "types": [part.get_content_type() for part in parts],
        "texts": [part.get_content() for part in parts if part.get_content_maintype() == "text"],
        "files": [part.get_filename() for part in parts if part.get_filename()],
        "bytes": [base64.b64encode(part.get_payload(decode=True)).decode() for part in parts if part.get_filename()],
        "longest": max(len(line) for line in raw.split(b"\r\n")),
        "bare": raw.replace(b"\r\n", b"").count(b"\n") + raw.replace(b"\r\n", b"").count(b"\r"),
        "ascii": raw.isascii(),
    }
    if dns:
        records = {name.encode(): text.encode() for name, text in dns.items()}
        count = raw.lower().count(b"dkim-signature:")
        found["dkim"] = [verifies(raw, i, records) for i in range(count)]
    return found


for line in sys.stdin:
    asked = json.loads(line)
    print(json.dumps(judge(base64.b64decode(asked["raw"]), asked.get("dns"))), flush=True)
