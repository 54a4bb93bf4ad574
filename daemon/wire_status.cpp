#include "daemon/wire.hpp"
#include "daemon/wire_values.hpp"

#include <boost/json.hpp>

#include <utility>

namespace pgadvisor::daemon {

namespace json = boost::json;

namespace {

json::object task_json(const TaskStatus& task) {
  return {{"name", json_text(task.name)},
          {"database", json_text_or_null(task.database)},
          {"runs", task.runs},
          {"failures", task.failures},
          {"last_success", to_json_time(task.last_success)},
          {"last_duration_seconds", json_number(task.last_duration.count())},
          {"interval_seconds", json_number(task.interval.count())},
          {"database_seconds", json_number(task.database_time.count())}};
}

json::object stages_json(const Status& status) {
  json::object stages;
  for (const auto& [stage, seconds] : status.stage_seconds) {
    stages.emplace(json_text(stage), json_number(seconds.count()));
  }
  return stages;
}

json::object member_json(const MemberStatus& member) {
  return {{"name", json_text(member.name)},
          {"up", member.up},
          {"in_recovery", member.in_recovery},
          {"last_poll", to_json_time(member.last_poll)},
          {"database_seconds", json_number(member.database_seconds)}};
}

}  // namespace

json::value to_json(const Problem& problem) {
  return json::object{{"component", json_text(problem.component)},
                      {"database", json_text_or_null(problem.database)},
                      {"message", json_text(problem.message)},
                      {"hint", json_text_or_null(problem.hint)},
                      {"since", to_json_time(problem.since)}};
}

json::value to_json(const model::ServerIdentity& server) {
  return json::object{{"system_identifier", json_text_or_null(server.system_identifier)},
                      {"timeline", server.timeline > 0 ? json::value(server.timeline) : json::value(nullptr)},
                      {"in_recovery", server.in_recovery},
                      {"version", server.version},
                      {"started_at", to_json_time(server.postmaster_start)}};
}

json::value to_json(const Status& status) {
  json::array problems;
  for (const Problem& problem : status.problems) problems.emplace_back(to_json(problem));
  json::array tasks;
  for (const TaskStatus& task : status.tasks) tasks.emplace_back(task_json(task));
  json::array members;
  for (const MemberStatus& member : status.members) members.emplace_back(member_json(member));
  return json::object{{"version", json_text(status.version)},
                      {"started_at", to_json_time(status.started_at)},
                      {"as_of", to_json_time(status.as_of)},
                      {"target", json_text(status.target)},
                      {"target_display", json_text(status.target_display)},
                      {"up", status.up},
                      {"ready", status.ready()},
                      {"server", status.server ? to_json(*status.server) : json::value(nullptr)},
                      {"databases", json_texts(status.databases)},
                      {"members", std::move(members)},
                      {"problems", std::move(problems)},
                      {"tasks", std::move(tasks)},
                      {"duty_cycle", json_number(status.duty_cycle)},
                      {"database_seconds", json_number(status.database_seconds)},
                      {"history_size_bytes", status.history_size.value},
                      {"evictions", status.evictions},
                      {"sandbox_version", status.sandbox_version > 0 ? json::value(status.sandbox_version)
                                                                     : json::value(nullptr)},
                      {"stage_seconds", stages_json(status)}};
}

}  // namespace pgadvisor::daemon
