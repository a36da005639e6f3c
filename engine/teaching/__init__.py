"""The teaching world: tasks, tokenizer, trainer, report, and the models in `resources/models`."""
