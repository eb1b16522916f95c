"""
What makes a request valid that no schema can say, and the OpenAPI document says in words. Requests that are meant to be
valid are brought in line with it before they are sent; those that are meant to be refused stay as they are.
"""

import os
import unicodedata
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import schemathesis
from hypothesis import strategies as st

# A file is bytes to the document, but the server wants pictures.
for picture in sorted(Path(os.environ["FUZZ_PICTURES"]).iterdir()):
    schemathesis.openapi.media_type(f"image/{picture.name}", st.just(picture.read_bytes()))

# What JavaScript trims.
BLANKS = "\t\n\v\f\r \u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff"
OVERRIDES = {chr(code) for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))}
TIMES = ("createdAfter", "createdBefore", "updatedAfter", "updatedBefore", "dueAfter", "dueBefore", "runAt")
# Any day of a year is one of a leap year.
LEAP_YEAR = "2024"


@schemathesis.hook
def before_call(context, case, kwargs):
    body = case.body if isinstance(case.body, dict) else {}
    payload = body.get("payload")
    changes = payload.get("changes") if isinstance(payload, dict) else None
    holders = [holder for holder in (case.query, body, changes) if isinstance(holder, dict)]
    # The server trims and composes before it counts: what is too long must be so afterwards.
    for holder in holders:
        change(holder, ("name", "email", "bio", "search"), lambda text: composed(text))
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    # The same key with another request is refused, and with the same one is answered as before: chance repeats itself.
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = str(uuid.uuid4())
    # Of what it makes for its coverage, schemathesis takes the quotes away: "3" is an ETag, and 3 is none.
    if (version := str((case.headers or {}).get("If-Match", ""))).isdigit():
        case.headers["If-Match"] = f'"{version}"'
    # Chance repeats itself in addresses as well, and an address is of one profile only.
    if case.operation.definition.raw.get("operationId") == "createProfile" and isinstance(body.get("email"), str):
        body["email"] = as_fresh(body["email"])
    # A cursor is opaque, and goes with the sort and the filters of the listing that it is from.
    case.query.pop("cursor", None)
    for holder in holders:
        change(holder, ("name",), as_name)
        change(holder, ("bio",), lambda text: only(text, lambda sign: category(sign) != "Cc" or sign in "\t\n\r"))
        change(holder, ("search",), as_search)
        change(holder, TIMES, as_time)
    keep_order(case.query)
    if body.get("type") == "echo":
        body["payload"] = without_nul(payload)
    if isinstance(payload, dict) and "from" in payload and "to" in payload:
        keep_apart(payload)
    # At most a year ahead.
    if (run_at := moment(body.get("runAt"))) is not None and run_at > datetime.now(UTC) + timedelta(days=364):
        body["runAt"] = LEAP_YEAR + body["runAt"][4:]


def change(holder, names, by):
    for name in names:
        if isinstance(holder.get(name), str):
            holder[name] = by(holder[name])


def composed(text):
    return unicodedata.normalize("NFC", text).strip(BLANKS)


def category(sign):
    return unicodedata.category(sign)


def only(text, wanted):
    return composed("".join(sign for sign in text if wanted(sign)))


def as_name(text):
    """Without control characters, line breaks and overrides of direction; with something to be seen."""
    kept = only(text, lambda sign: category(sign) not in ("Cc", "Zl", "Zp") and sign not in OVERRIDES)
    return kept if any(category(sign)[0] in "LNPS" for sign in kept) else "a"


def as_search(text):
    """With a word, which holds a letter or a digit."""
    kept = text.replace("\0", "")
    return kept if any(category(sign)[0] in "LN" for sign in kept) else "a"


def as_fresh(email):
    """Of nobody yet, unless it is about as long as it may be."""
    local, _, _ = email.rpartition("@")
    return f"{uuid.uuid4().hex[:12]}.{email}" if len(local) <= 50 and len(email) <= 240 else email


def moment(text):
    """In UTC, to the millisecond; None when it is no time."""
    if not isinstance(text, str):
        return None
    try:
        time = datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def as_time(text):
    """In the years 0001 to 9999, in UTC as well."""
    return text if moment(text) is not None else LEAP_YEAR + "-02-29T00:00:00Z"


def keep_order(query):
    after, before = moment(query.get("dueAfter")), moment(query.get("dueBefore"))
    if after is not None and before is not None and after >= before:
        del query["dueBefore"]


def keep_apart(payload):
    """Addresses move from one domain to another one."""
    if str(payload["from"]).lower() == str(payload["to"]).lower():
        payload["to"] = "another.example"


def without_nul(value):
    """PostgreSQL has no NUL in texts."""
    if isinstance(value, str):
        return value.replace("\0", "")
    if isinstance(value, list):
        return [without_nul(each) for each in value]
    if isinstance(value, dict):
        return {without_nul(name): without_nul(each) for name, each in value.items()}
    return value
