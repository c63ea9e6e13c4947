// Colours of heat maps: a scale from dark to yellow, even to the eye, and writing on it that can be read.
#pragma once

#include <cstdint>
#include <string>

#include "logitlens/report.h"

namespace logitlens {

struct Rgb {
  std::uint8_t red = 0, green = 0, blue = 0;
};

// Lightness rises evenly from 0 to 1 in each, so that they also read in grey and for the colour-blind.
enum class Scale {
  inferno,  // black, violet, orange, light yellow
  magma,    // black, violet, rose, cream
  viridis,  // violet, green, yellow
};

// `unit` outside 0..1 is clamped.
Rgb scale_color(Scale scale, double unit);

// 0: dark violet, 1: light yellow: inferno without its ends, which cannot be told from a black or a white
// terminal.
Rgb heat_color(double unit);

// Black or white, whichever has the greater contrast on `background`.
Rgb readable_on(Rgb background);

// The escape sequence for writing on heat_color(unit), or on the nearest step of the same scale in the 256
// colours; "" for Color::none.
std::string paint(double unit, Color color);

// The scale's step in the 256 colours, 17..231.
int heat_ansi256(double unit);

// What the terminal shows for one of those (16..231).
Rgb ansi256_color(int index);

}  // namespace logitlens
