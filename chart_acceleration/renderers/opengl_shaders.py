"""The OpenGL renderer's programs, GLSL 3.30: rectangles and glyphs as instances of four corners.

A picture's row 0 is the texture's row 0, so nothing is flipped.
"""

from typing import Final

ATLAS_WIDTH: Final = 1024
"""Texels in a row of the texture that holds the glyphs' coverage."""

RECTS = """
#version 330
in ivec4 box;
in int colour;
uniform ivec2 size;
flat out uint index;
void main() {
    ivec2 corner = ivec2(gl_VertexID & 1, gl_VertexID >> 1);
    bool empty = box.z <= box.x || box.w <= box.y;
    ivec2 at = empty ? ivec2(-1) : box.xy + corner * (box.zw - box.xy);
    gl_Position = vec4(vec2(at) / vec2(size) * 2.0 - 1.0, 0.0, 1.0);
    index = uint(colour);
}
"""
FILL = """
#version 330
flat in uint index;
out uint pixel;
void main() { pixel = index; }
"""
GLYPHS = """
#version 330
in ivec4 box;
in ivec2 look;
uniform ivec2 size;
flat out ivec4 cell;
flat out int ramp;
void main() {
    ivec2 corner = ivec2(gl_VertexID & 1, gl_VertexID >> 1);
    vec2 at = vec2(box.xy + corner * box.zw);
    gl_Position = vec4(at / vec2(size) * 2.0 - 1.0, 0.0, 1.0);
    cell = ivec4(box.xy, box.z, look.x);
    ramp = look.y;
}
"""
BLIT = f"""
#version 330
flat in ivec4 cell;
flat in int ramp;
uniform usampler2D coverage;
uniform usampler2D ramps;
out uint pixel;
void main() {{
    ivec2 inside = ivec2(gl_FragCoord.xy) - cell.xy;
    int place = cell.w + inside.y * cell.z + inside.x;
    uint ink = texelFetch(coverage, ivec2(place % {ATLAS_WIDTH}, place / {ATLAS_WIDTH}), 0).r;
    if (ink == 0u) discard;
    pixel = texelFetch(ramps, ivec2(int(ink), ramp), 0).r;
}}
"""
