// Which instruction set the kernels use, decided once per process.
#pragma once

#include <string>
#include <string_view>

#include "logitlens/status.h"

namespace logitlens {

// Reads LOGITLENS_ISA (avx2 or avx512) once, and restricts Highway's dispatch and oneDNN to it before their
// first use. An unknown name, or a set this processor lacks, is a usage error. Safe to call often and from
// several threads.
Status select_isa();

// "avx512", "avx2", "sse2": what Highway dispatches to after select_isa().
std::string_view active_isa();

// Whether products of 8-bit integers run at a multiple of float32's speed: AVX-512 with VNNI, after select_isa().
bool has_int8_products();

}  // namespace logitlens
