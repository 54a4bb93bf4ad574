#include "collectors/relation_sizes.hpp"

#include "collectors/row_reading.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgadvisor::collectors {

namespace {

constexpr std::size_t kBatch = 256;
constexpr int kMostFailures = 20;
/// Of one session. With each index that is asked about those of its table may be opened too: some 25 MB.
constexpr int kMostBatches = 4;

using Batch = std::vector<model::Oid>;

std::string oid_array(const Batch& batch) {
  std::vector<std::uint32_t> numbers;
  for (const auto relation : batch) numbers.push_back(static_cast<std::uint32_t>(relation));
  return fmt::format("{{{}}}", fmt::join(numbers, ","));
}

std::vector<Batch> in_batches(const std::vector<model::Oid>& relations) {
  std::vector<Batch> batches;
  for (std::size_t start = 0; start < relations.size(); start += kBatch) {
    const auto end = std::min(start + kBatch, relations.size());
    batches.emplace_back(relations.begin() + static_cast<std::ptrdiff_t>(start),
                         relations.begin() + static_cast<std::ptrdiff_t>(end));
  }
  return batches;
}

}  // namespace

boost::asio::awaitable<model::Result<void>> ask_relations(pg::Connection& connection, std::string sql,
                                                          std::vector<model::Oid> relations,
                                                          std::function<void(const pg::Rows&)> read) {
  std::vector<Batch> waiting = in_batches(relations);
  int failures = 0;
  // Who was here before may have left a session that remembers as many.
  int asked = waiting.size() > 1 ? kMostBatches : 0;
  while (!waiting.empty()) {
    if (asked++ == kMostBatches) {
      const auto renewed = co_await connection.renew();
      if (!renewed) co_return renewed.error();
      asked = 1;
    }
    const Batch batch = std::move(waiting.back());
    waiting.pop_back();
    pg::Parameters parameters{oid_array(batch)};
    const auto rows = co_await connection.query(sql, std::move(parameters));
    if (!rows && rows.error().next == model::NextStep::kReconnect) co_return rows.error();
    if (!rows) {
      if (++failures >= kMostFailures) continue;
      const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
      if (batch.size() > 1)
        waiting.insert(waiting.end(), {Batch(batch.begin(), middle), Batch(middle, batch.end())});
      continue;
    }
    read(*rows);
  }
  co_return model::Result<void>();
}

boost::asio::awaitable<model::Result<Answers>> ask_relations(pg::Connection& connection, std::string sql,
                                                             std::vector<model::Oid> relations) {
  Answers answers;
  const auto done = co_await ask_relations(connection, std::move(sql), std::move(relations),
                                           [&answers](const pg::Rows& rows) {
                                             for (int row = 0; row < rows.size(); ++row) {
                                               if (rows.is_null(row, 1)) continue;
                                               answers.emplace(oid(rows, row, 0), rows.string(row, 1));
                                             }
                                           });
  if (!done) co_return done.error();
  co_return answers;
}

boost::asio::awaitable<model::Result<Measurements>> measure_relations(pg::Connection& connection,
                                                                      std::string sql,
                                                                      std::vector<model::Oid> relations) {
  const auto answers = co_await ask_relations(connection, std::move(sql), std::move(relations));
  if (!answers) co_return answers.error();
  Measurements measurements;
  for (const auto& [relation, number] : *answers) measurements.emplace(relation, std::stoll(number));
  co_return measurements;
}

}  // namespace pgadvisor::collectors
