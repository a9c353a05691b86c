"""Gradio's own parts in the colours of `static/page.css`, with the fonts of the system."""

from __future__ import annotations

from typing import Any

__all__ = ["make_theme"]

# Each by the variable of `page.css` that it takes, which itself changes with light and dark.
_COLOURS = {
    "body_background_fill": "ground",
    "body_text_color": "text",
    "body_text_color_subdued": "soft",
    "background_fill_primary": "raised",
    "background_fill_secondary": "sunk",
    "border_color_primary": "line",
    "block_info_text_color": "soft",
    "block_label_text_color": "soft",
    "block_title_text_color": "text",
    "input_background_fill": "raised",
    "input_border_color": "line",
    "input_placeholder_color": "soft",
    "button_primary_background_fill": "accent",
    "button_primary_background_fill_hover": "accent",
    "button_primary_text_color": "ground",
    "button_secondary_background_fill": "raised",
    "button_secondary_text_color": "text",
    "color_accent_soft": "accent-ground",
}


def make_theme() -> Any:
    """Return the theme; nothing in it is fetched from anywhere."""
    import gradio as gr

    taken = {
        name + suffix: f"var(--bl-{colour})"
        for name, colour in _COLOURS.items()
        for suffix in ("", "_dark")
    }
    taken["color_accent"] = "var(--bl-accent)"  # One for both.
    clear = {f"block_background_fill{suffix}": "transparent" for suffix in ("", "_dark")}
    sans = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "sans-serif"]
    mono = ["ui-monospace", "SFMono-Regular", "Menlo", "monospace"]
    theme = gr.themes.Base(font=sans, font_mono=mono)
    return theme.set(block_border_width="0px", **clear, **taken)
