"""What Django's own German catalogue lacks in 6.1: collected here, so that ours has it.

Ours is asked first. Nobody imports this module; a text may go once Django translates it.
"""

from django.utils.translation import gettext_noop as _

TEXTS = [
    _("- Select an option -"),
    _("Run"),
    _("Filter by %(field_name)s"),
    _("Search %(name)s"),
    _("Pagination %(name)s"),
    _("Pagination %(name)s entries"),
    _("Set password"),
    _("Reset password"),
    _("Set password: %s"),
    _(
        "Are you sure you want to delete the %(object_name)s “%(escaped_object)s”? "
        "All of the following related items will be deleted:"
    ),
    _(
        "Deleting the %(object_name)s “%(escaped_object)s” would require deleting the "
        "following protected related objects:"
    ),
    _(
        "Deleting the %(object_name)s “%(escaped_object)s” would result in deleting related "
        "objects, but your account doesn't have permission to delete the following types of "
        "objects:"
    ),
    _("Raw passwords are not stored, so there is no way to see the user’s password."),
]
