"""Tell everyone who listens, after commit. Filled in by the chat's own slice."""


def dismiss(room_pk: int, person_pk: int) -> None:
    """Close the sockets that this person has open in this room, in every process."""
