// The page's script and style, bundled from web/ and put into the binary (cmake/web.cmake).
#pragma once

#include <string_view>

extern "C" const char logitlens_report_script[];
extern "C" const char logitlens_report_script_end[];
extern "C" const char logitlens_report_style[];
extern "C" const char logitlens_report_style_end[];

namespace logitlens {

inline std::string_view report_script() { return {logitlens_report_script, logitlens_report_script_end}; }
inline std::string_view report_style() { return {logitlens_report_style, logitlens_report_style_end}; }

}  // namespace logitlens
