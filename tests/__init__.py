"""Tests, one module for each module of the package, under the same name."""
