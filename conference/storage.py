from whitenoise.storage import CompressedManifestStaticFilesStorage


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files, with the imports between modules rewritten."""

    support_js_module_import_aggregation = True
