"""Badges drawn as enamel pins from a few named parts: a family, a glyph, a word and a level.

`design` says what may be asked for, `scene` composes it once, `raster` and `vector` paint that one scene.
"""
