"""The version of the package: the only place in `src/python` that says it (a test holds it against Directory.Build.props)."""

__version__ = "0.1.0"
