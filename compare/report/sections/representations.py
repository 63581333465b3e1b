"""Section 10: what the layers (populations) represent."""

from __future__ import annotations

from compare.report.document import Block, Callout, Section
from compare.report.sections._alignment import alignment_blocks
from compare.report.sections._distances import distance_blocks
from compare.report.sections._layer_table import layer_blocks
from compare.report.sections._material import Material
from compare.report.sections._raster import raster_block
from compare.report.sections._receptive_fields import receptive_field_block

GAPS = (
    (
        "Cross-validated distances (crossnobis): -, needs repeats under independent encoder seeds; the probe was shown"
        " once."
    ),
    "Embedding in two dimensions: -, not computed in this version.",
)


def section(material: Material) -> Section | None:
    blocks: list[Block] = []
    for task in material.tasks:
        blocks += alignment_blocks(material, task)
        blocks += distance_blocks(material, task)
        blocks += layer_blocks(material, task)
        blocks += [receptive_field_block(material, task), raster_block(material, task)]
    if all(isinstance(block, Callout) for block in blocks) and not material.runs(material.tasks[0]):
        return None
    return Section("representations", "10", "Representations", (*blocks, *(Callout("gap", text) for text in GAPS)))
