#include "base/thread_team.h"

#include <sched.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace logitlens {

int available_cores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) == 0) return CPU_COUNT(&set);
  return static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

namespace {

void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#endif
}

}  // namespace

struct ThreadTeam::State {
  std::mutex mutex;
  std::condition_variable work_ready, work_done;
  const std::function<void(std::size_t, int)>* body = nullptr;
  std::size_t tasks = 0;
  std::atomic<std::size_t> next = 0;
  std::atomic<unsigned> generation = 0;  // of the work; odd or even means nothing, a change does
  std::atomic<int> busy = 0;             // workers that have not finished the current work
  std::atomic<bool> stop = false;
  std::exception_ptr fault;  // the first that a task threw; guarded by mutex
  std::vector<std::thread> workers;

  void run_tasks(int worker) {
    for (std::size_t task = next.fetch_add(1, std::memory_order_relaxed); task < tasks;
         task = next.fetch_add(1, std::memory_order_relaxed))
      run_task(task, worker);
  }

  void run_task(std::size_t task, int worker) {
    try {
      (*body)(task, worker);
    } catch (...) {
      const std::lock_guard lock(mutex);
      if (!fault) fault = std::current_exception();
    }
  }

  void rethrow() {
    if (fault) std::rethrow_exception(std::exchange(fault, nullptr));
  }

  // A layer's phases follow each other within microseconds: look for the next one a while before sleeping.
  bool spin_for_change(unsigned seen) const {
    for (int i = 0; i < 2000; ++i) {
      if (generation.load(std::memory_order_acquire) != seen) return true;
      relax();
    }
    return false;
  }

  void work(int worker) {
    unsigned seen = 0;
    for (;;) {
      if (!spin_for_change(seen)) {
        std::unique_lock lock(mutex);
        work_ready.wait(lock, [&] { return generation.load(std::memory_order_acquire) != seen; });
      }
      seen = generation.load(std::memory_order_acquire);
      if (stop.load(std::memory_order_acquire)) return;
      run_tasks(worker);
      if (busy.fetch_sub(1, std::memory_order_acq_rel) == 1) {
        const std::lock_guard lock(mutex);
        work_done.notify_one();
      }
    }
  }

  void publish() {
    {
      const std::lock_guard lock(mutex);
      generation.fetch_add(1, std::memory_order_release);
    }
    work_ready.notify_all();
  }
};

ThreadTeam::ThreadTeam(int threads) : state_(std::make_unique<State>()) {
  const int count = threads > 0 ? threads : available_cores();
  try {
    for (int worker = 1; worker < count; ++worker)
      state_->workers.emplace_back([state = state_.get(), worker] { state->work(worker); });
  } catch (const std::exception&) {
    // The system has no more threads: fewer give the same result.
  }
}

ThreadTeam::~ThreadTeam() {
  state_->stop.store(true, std::memory_order_release);
  state_->publish();
  for (std::thread& worker : state_->workers) worker.join();
}

int ThreadTeam::size() const { return static_cast<int>(state_->workers.size()) + 1; }

void ThreadTeam::parallel_for(std::size_t tasks, const std::function<void(std::size_t, int)>& body) {
  if (state_->workers.empty() || tasks <= 1) {
    for (std::size_t task = 0; task < tasks; ++task) body(task, 0);
    return;  // what a task throws is the caller's already
  }
  state_->body = &body;
  state_->tasks = tasks;
  state_->next.store(0, std::memory_order_relaxed);
  state_->busy.store(static_cast<int>(state_->workers.size()), std::memory_order_relaxed);
  state_->publish();
  state_->run_tasks(0);
  for (int i = 0; i < 2000 && state_->busy.load(std::memory_order_acquire) != 0; ++i) relax();
  std::unique_lock lock(state_->mutex);
  state_->work_done.wait(lock, [&] { return state_->busy.load(std::memory_order_acquire) == 0; });
  state_->rethrow();
}

}  // namespace logitlens
