// A canvas as a document, whatever was drawn on it.
#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "logitlens/report.h"
#include "render/canvas.h"

namespace logitlens {

enum class Picture { svg, png, pdf };

// Draws, tells of missing letters, and writes. `what` and `text` make the title, `description` is what a screen
// reader says of the picture.
Result<std::string> write_picture(Picture picture, const RenderOptions& options, std::string_view what,
                                  std::string_view text, std::string_view description,
                                  const std::function<Result<Canvas>()>& draw);

}  // namespace logitlens
