"""Language models and embedders: where their weights come from, and how they are run."""
