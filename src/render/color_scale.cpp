#include "render/color_scale.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstddef>

namespace logitlens {
namespace {

// Every tenth of the scale "inferno" (Stefan van der Walt and Nathaniel Smith, matplotlib, CC0) from 0.05 to
// 0.95: its very ends cannot be told from a black or a white terminal.
constexpr std::array<Rgb, 10> kInferno = {{{0x0b, 0x07, 0x24},
                                           {0x2f, 0x0a, 0x5b},
                                           {0x57, 0x10, 0x6e},
                                           {0x7f, 0x1e, 0x6c},
                                           {0xa8, 0x2e, 0x5f},
                                           {0xcd, 0x43, 0x47},
                                           {0xe9, 0x64, 0x29},
                                           {0xf9, 0x8e, 0x09},
                                           {0xfb, 0xbe, 0x23},
                                           {0xf2, 0xea, 0x69}}};

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

Rgb heat_color(double unit) {
  const double at = clamped(unit) * (kInferno.size() - 1);
  const auto below = std::min(static_cast<std::size_t>(at), kInferno.size() - 2);
  const double share = at - static_cast<double>(below);
  const Rgb a = kInferno[below], b = kInferno[below + 1];
  return {mix(a.red, b.red, share), mix(a.green, b.green, share), mix(a.blue, b.blue, share)};
}

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
