// Every family's specification, one function and one file each.
#pragma once

#include "arch/arch_spec.h"

namespace logitlens {

const ArchSpec& bert();

}  // namespace logitlens
