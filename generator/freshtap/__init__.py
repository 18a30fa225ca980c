"""freshtap: builds the script that carries Freshpaint's identify and track to CleverTap."""

__version__ = "0.1.0"
