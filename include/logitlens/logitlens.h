// The whole public API.
#pragma once

#include "logitlens/lens.h"
#include "logitlens/model.h"
#include "logitlens/report.h"
#include "logitlens/status.h"
#include "logitlens/table.h"
