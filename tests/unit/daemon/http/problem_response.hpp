#pragma once

#include "daemon/http/router.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <boost/json.hpp>

#include <string>

namespace pgadvisor::daemon::http {

inline void expect_problem(const Response& response, unsigned status, const std::string& detail) {
  EXPECT_EQ(response.status, status) << response.body;
  EXPECT_EQ(response.content_type, "application/problem+json");
  const boost::json::value document = boost::json::parse(response.body);
  EXPECT_EQ(document.at("status"), status);
  EXPECT_EQ(document.at("type"), "about:blank");
  EXPECT_THAT(std::string(document.at("detail").as_string()), ::testing::HasSubstr(detail));
}

}  // namespace pgadvisor::daemon::http
