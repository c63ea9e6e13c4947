// A small team of threads for the length of one computation. Work is cut into tasks by size alone, never by the number of
// threads, so a result cannot depend on it.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace logitlens {

class ThreadTeam {
 public:
  // 0: one thread a core this process may run on. The calling thread is one of them.
  explicit ThreadTeam(int threads);
  ~ThreadTeam();
  ThreadTeam(const ThreadTeam&) = delete;
  ThreadTeam& operator=(const ThreadTeam&) = delete;

  int size() const;

  // Calls body(task, worker) once for every task in 0..tasks-1, worker in 0..size()-1, and returns when all are done.
  // What a task throws (memory that is not to be had) is thrown again here. `body` must not call parallel_for.
  void parallel_for(std::size_t tasks, const std::function<void(std::size_t task, int worker)>& body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

int available_cores();

}  // namespace logitlens
