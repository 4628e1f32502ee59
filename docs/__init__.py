"""The pages of the documentation, and in `building` what makes the generated parts of them."""
