"""The layout of cards, boxes and lines: a layered layout (Sugiyama, Tagawa, Toda 1981) of nested boxes.

`nested` lays out the inner boxes first; each of them is then one vertex of the box around it. `routes` cuts
the arrows into the lines of each box. The layout of a box has three steps: `layering` puts each vertex into a
layer, `ordering` sorts the layers, and `coordinates` finds horizontal positions.
"""
