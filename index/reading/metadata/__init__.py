"""What an article or its file says of itself: title, author, date, language."""
