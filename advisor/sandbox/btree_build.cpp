#include "advisor/sandbox/btree_build.hpp"

#include "advisor/sandbox/page_layout.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

namespace pgadvisor::sandbox {
namespace {

/// Less the high key's line pointer and that of the tuple to come.
constexpr int kFree = usable_page(16) - 2 * kLinePointer;
constexpr int kLeafReserve = 819;    // BTGetTargetPageFreeSpace() at fillfactor 90
constexpr int kInnerReserve = 2457;  // at BTREE_NONLEAF_FILLFACTOR
/// _bt_load(): MAXALIGN_DOWN(BLCKSZ * 10 / 100) - sizeof(ItemIdData); tuples are multiples of 8.
constexpr int kLongestPosting = 808;
constexpr double kMostItems = 40000;

/// One leaf page after the other.
class Leaves {
 public:
  /// An item of so many rows. `posting` of the bytes are TIDs, which the high key does not keep; `first` of
  /// its group.
  void add(int bytes, int posting, int rows, bool first) {
    const bool full = free_ < bytes + kHeapTid || (free_ + last_posting_ < kLeafReserve && on_page_ > 1);
    if (full) close_page();
    free_ -= bytes + kLinePointer;
    last_bytes_ = bytes;
    last_posting_ = posting;
    last_rows_ = rows;
    rows_ += rows;
    last_is_first_ = first;
    ++on_page_;
  }

  [[nodiscard]] double pages() const { return static_cast<double>(closed_) + 1; }
  /// Pages of `rows` rows, of which those written are a sample.
  [[nodiscard]] double pages_for(double rows) const {
    return closed_ == 0 ? 1 : std::max(1.0, std::ceil(static_cast<double>(closed_) * rows / closed_rows_));
  }
  [[nodiscard]] double inside() const {
    return closed_ == 0 ? 0 : static_cast<double>(inside_) / static_cast<double>(closed_);
  }

 private:
  /// The last item moves to the next page and leaves its key as high key.
  void close_page() {
    ++closed_;
    closed_rows_ = rows_ - last_rows_;
    if (!last_is_first_) ++inside_;
    free_ = kFree - last_bytes_ - kLinePointer;
    on_page_ = 1;
  }

  int free_ = kFree;
  int last_bytes_ = 0, last_posting_ = 0, last_rows_ = 0;
  double rows_ = 0, closed_rows_ = 0;
  bool last_is_first_ = true;
  std::int64_t on_page_ = 0, closed_ = 0, inside_ = 0;
};

/// How the rows of one group are stored.
struct Items {
  Items(int bytes, double rows, bool deduplicates) : base(bytes) {
    most = deduplicates ? std::max(1, (kLongestPosting - bytes) / kTid) : 1;
    full = std::floor(rows / most);
    rest = static_cast<int>(std::lround(rows - full * most));
  }
  [[nodiscard]] double count() const { return full + (rest > 0 ? 1 : 0); }

  int base;
  int most;     ///< rows in one item
  double full;  ///< items of so many
  int rest;     ///< rows in the last item, if any
};

/// As std::lgamma() of what is above 0, whose sign glibc keeps where all threads see it.
double log_gamma(double x) {
  int sign = 0;
  return lgamma_r(x, &sign);
}

/// lambda of the Poisson distribution that has this mean once its zeros are left out.
double untruncated(double mean) {
  double lambda = mean, before = 0;
  for (int step = 0; step < 60 && lambda != before; ++step) {
    before = lambda;
    lambda = mean * -std::expm1(-lambda);
  }
  return lambda;
}

/// Sizes of groups that independent draws fill, at evenly spaced quantiles: the Poisson distribution without
/// its zeros.
class ScatteredRows {
 public:
  ScatteredRows(double mean, double groups) : lambda_(untruncated(mean)), step_(1 / groups) {
    constexpr double kDeviations = 8;  // below that next to nothing is left out
    rows_ = std::max(1.0, std::floor(lambda_ - kDeviations * std::sqrt(lambda_)));
    density_ = std::exp(rows_ * std::log(lambda_) - lambda_ - log_gamma(rows_ + 1)) / -std::expm1(-lambda_);
    below_ = density_;
  }
  double next() {
    while (below_ < quantile_ && density_ > 0) {
      density_ *= lambda_ / ++rows_;
      below_ += density_;
    }
    quantile_ += step_;
    return rows_;
  }

 private:
  double lambda_, step_;
  double rows_, density_, below_;  ///< density at rows_, probability up to it
  double quantile_ = step_ / 2;
};

/// How some of the groups to write are stored: with `full` items in place of all that such a group has.
class Kind {
 public:
  Kind(const Items& items, double full)
      : base_(items.base),
        most_(items.most),
        full_(std::llround(full)),
        full_bytes_(items.most > 1 ? aligned(items.base + items.most * kTid) : items.base),
        rest_(items.rest),
        rest_bytes_(items.rest > 1 ? aligned(items.base + items.rest * kTid) : items.base) {}

  void write(Leaves& leaves) const {
    for (auto i = full_; i > 0; --i) leaves.add(full_bytes_, full_bytes_ - base_, most_, i == full_);
    if (rest_ > 0) leaves.add(rest_bytes_, rest_bytes_ - base_, rest_, full_ == 0);
  }

 private:
  int base_, most_;
  std::int64_t full_;
  int full_bytes_, rest_, rest_bytes_;
};

/// `share` of the groups, in a random order. A large group is shortened instead, so that each kind of group
/// is there.
class Draw {
 public:
  Draw(std::span<const KeyGroups> all, double share, bool deduplicates) : share_(share) {
    for (const KeyGroups& one : all) draw(one, deduplicates);
    if (kinds_.size() > 1) std::shuffle(order_.begin(), order_.end(), random_);
  }

  void write(Leaves& leaves) const {
    for (const auto kind : order_) kinds_[kind].write(leaves);
  }

 private:
  void draw(const KeyGroups& one, bool deduplicates) {
    const double wanted = one.count * share_;
    const double expected = Items(one.bytes, one.rows, deduplicates).full;
    const bool large = expected * share_ > 2;
    const double count = large ? std::max(1.0, std::ceil(wanted)) : rounded(wanted);
    std::optional<ScatteredRows> scattered;
    if (one.scattered && one.rows > 1.0001 && count >= 1) scattered.emplace(one.rows, count);
    double rows_before = 0;
    for (double i = 0; i < count; ++i) {
      const double rows = scattered ? scattered->next() : std::round(one.rows);
      if (i == 0 || rows != rows_before) {
        const Items items(one.bytes, rows, deduplicates);
        kinds_.emplace_back(items, large ? items.full * wanted / count : items.full);
      }
      rows_before = rows;
      order_.push_back(static_cast<std::uint32_t>(kinds_.size() - 1));
    }
  }
  double rounded(double number) {
    return std::floor(number + std::uniform_real_distribution<double>(0, 1)(random_));
  }

  double share_;
  std::vector<Kind> kinds_;
  std::vector<std::uint32_t> order_;  ///< kinds of the groups
  std::mt19937 random_{20011};        // the same answer every time
};

double rows_of(std::span<const KeyGroups> groups) {
  double rows = 0;
  for (const KeyGroups& one : groups) rows += one.count * one.rows;
  return rows;
}

double count_items(std::span<const KeyGroups> groups, bool deduplicates) {
  double items = 0;
  for (const KeyGroups& one : groups) items += one.count * Items(one.bytes, one.rows, deduplicates).count();
  return items;
}

}  // namespace

LeafLevel build_leaves(std::span<const KeyGroups> groups, bool deduplicates) {
  const double items = count_items(groups, deduplicates);
  if (items < 1) return {};
  const double share = std::min(1.0, kMostItems / items);
  Leaves leaves;
  Draw(groups, share, deduplicates).write(leaves);
  return {share < 1 ? leaves.pages_for(rows_of(groups)) : leaves.pages(), leaves.inside()};
}

double inner_pages(double children, double pivot_bytes, bool vary) {
  // The first downlink of a page has no key: 8 bytes. The page is closed by the item after the one that finds
  // less than the reserve; the last item then moves on.
  const double fit = (kFree - kInnerReserve - 8 - kLinePointer) / (pivot_bytes + kLinePointer);
  const double kept = std::max(2.0, vary ? fit + 0.5 : std::floor(fit) + 1);
  return std::max(1.0, std::ceil((children - 1) / kept));
}

}  // namespace pgadvisor::sandbox
