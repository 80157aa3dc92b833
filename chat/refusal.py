class Refusal(Exception):  # noqa: N818 - it is the house's word, not an error of ours
    """Something a person asked for and may not have now; carries its sentence.

    ``str(refusal)`` is translated text for the person; ``status`` is the HTTP status with
    which views answer: 409 for "not any more", 422 for "not like this", 403 for "not you".
    """

    status = 422
