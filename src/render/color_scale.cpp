#include "render/color_scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace logitlens {
namespace {

// Every 15th of the 256 colours of matplotlib's scales (Stefan van der Walt and Nathaniel Smith, CC0);
// between them straight lines are off by at most 5 of 255.
using Points = std::array<std::uint32_t, 18>;
constexpr Points kInferno = {0x000004, 0x0a0722, 0x1e0c45, 0x380962, 0x510e6c, 0x69166e,
                             0x801f6c, 0x982766, 0xb0315b, 0xc63d4d, 0xd94d3d, 0xe9612b,
                             0xf47918, 0xfa9407, 0xfcb014, 0xf8cd37, 0xf2ea69, 0xfcffa4};
constexpr Points kMagma = {0x000004, 0x090720, 0x1a1042, 0x311165, 0x4a1079, 0x621980,
                           0x792282, 0x912b81, 0xaa337d, 0xc23b75, 0xd9466b, 0xec5860,
                           0xf7725c, 0xfc8e64, 0xfeaa74, 0xfec68a, 0xfde2a3, 0xfcfdbf};
constexpr Points kViridis = {0x440154, 0x481769, 0x472a7a, 0x433d84, 0x3d4e8a, 0x355e8d,
                             0x2e6d8e, 0x297b8e, 0x23898e, 0x1f978b, 0x21a585, 0x2eb37c,
                             0x46c06f, 0x65cb5e, 0x89d548, 0xb0dd2f, 0xd8e219, 0xfde725};

const Points& points_of(Scale scale) {
  switch (scale) {
    case Scale::magma: return kMagma;
    case Scale::viridis: return kViridis;
    case Scale::inferno: break;
  }
  return kInferno;
}

Rgb rgb_of(std::uint32_t code) {
  return {static_cast<std::uint8_t>(code >> 16), static_cast<std::uint8_t>(code >> 8),
          static_cast<std::uint8_t>(code)};
}

std::uint8_t mix(std::uint8_t a, std::uint8_t b, double share) {
  return static_cast<std::uint8_t>(std::lround(a + share * (b - a)));
}

// Relative luminance and contrast as WCAG 2 defines them.
double linear(std::uint8_t channel) {
  const double c = channel / 255.0;
  return c <= 0.04045 ? c / 12.92 : std::pow((c + 0.055) / 1.055, 2.4);
}
double luminance(Rgb c) {
  return 0.2126 * linear(c.red) + 0.7152 * linear(c.green) + 0.0722 * linear(c.blue);
}

constexpr std::array<int, 6> kCubeLevels = {0, 95, 135, 175, 215, 255};

// The same scale in colours of the 6x6x6 cube, chosen by hand: the nearest of them to each step wander in hue
// and lightness.
constexpr std::array<int, 11> kInferno256 = {17, 53, 89, 125, 161, 166, 202, 208, 214, 220, 228};

double clamped(double unit) { return std::isnan(unit) ? 0.0 : std::clamp(unit, 0.0, 1.0); }

}  // namespace

Rgb scale_color(Scale scale, double unit) {
  const Points& points = points_of(scale);
  const double at = clamped(unit) * static_cast<double>(points.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(at), points.size() - 2);
  const double share = at - static_cast<double>(below);
  const Rgb a = rgb_of(points[below]), b = rgb_of(points[below + 1]);
  return {mix(a.red, b.red, share), mix(a.green, b.green, share), mix(a.blue, b.blue, share)};
}

Rgb heat_color(double unit) { return scale_color(Scale::inferno, 0.05 + 0.9 * clamped(unit)); }

Rgb readable_on(Rgb background) {
  const double light = luminance(background);
  const double contrast_white = 1.05 / (light + 0.05), contrast_black = (light + 0.05) / 0.05;
  return contrast_white >= contrast_black ? Rgb{255, 255, 255} : Rgb{0, 0, 0};
}

Rgb ansi256_color(int index) {
  const auto level = [index](int divisor) {
    return static_cast<std::uint8_t>(kCubeLevels[static_cast<std::size_t>((index - 16) / divisor % 6)]);
  };
  return {level(36), level(6), level(1)};
}

int heat_ansi256(double unit) {
  return kInferno256[static_cast<std::size_t>(std::lround(clamped(unit) * (kInferno256.size() - 1)))];
}

std::string paint(double unit, Color color) {
  if (color == Color::none) return "";
  if (color == Color::truecolor) {
    const Rgb background = heat_color(unit), ink = readable_on(background);
    return fmt::format("\x1b[48;2;{};{};{};38;2;{};{};{}m", background.red, background.green, background.blue,
                       ink.red, ink.green, ink.blue);
  }
  const int index = heat_ansi256(unit);
  const int ink = readable_on(ansi256_color(index)).red == 255 ? 231 : 16;  // the cube's white and black
  return fmt::format("\x1b[48;5;{};38;5;{}m", index, ink);
}

}  // namespace logitlens
