"""Builds the example site into dist/ and says what to do with it: ``python3 generator``."""

from environment import become, prepare

if __name__ == "__main__":
    become(prepare(), "-m", "freshtap", "build", "generator/example", "--output", "dist")
