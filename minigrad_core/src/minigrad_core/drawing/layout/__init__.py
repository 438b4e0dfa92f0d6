"""Where cards, boxes and lines lie: a layered layout (Sugiyama, Tagawa, Toda 1981), for boxes in boxes.

`nested` lays out a box after those inside, which it then takes for single vertices. Each of these levels goes
through `layering` (which layer a vertex is in), `ordering` (its place in the layer) and `coordinates`.
"""
