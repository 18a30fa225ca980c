"""``python -m freshtap``."""

from freshtap.cli import main

if __name__ == "__main__":
    main()
