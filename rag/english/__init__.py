"""The one place that knows English: its words, names, numbers, dates, negations, and questions."""
