// The whole public API.
#pragma once

#include "logitlens/ladder.h"
#include "logitlens/lens.h"
#include "logitlens/model.h"
#include "logitlens/report.h"
#include "logitlens/signals.h"
#include "logitlens/status.h"
#include "logitlens/table.h"
#include "logitlens/trace.h"
#include "logitlens/words.h"
