#include "daemon/notify/signature.hpp"

#include <gtest/gtest.h>

namespace pgadvisor::daemon::notify {
namespace {

const model::Timestamp kTime{std::chrono::seconds(1614265330)};

// The example of the Standard Webhooks specification and its libraries.
TEST(Signature, IsThatOfStandardWebhooks) {
  EXPECT_EQ(signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek", kTime,
                      R"({"test": 2432232314})"),
            "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
}

TEST(Signature, TakesAPlainSecretAsItIs) {
  EXPECT_NE(signature("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "m", kTime, "{}"),
            signature("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "m", kTime, "{}"));
  EXPECT_NE(signature("secret", "m", kTime, "{}"), signature("secret", "m", kTime, "{ }"));
  EXPECT_NE(signature("secret", "m", kTime, "{}"), signature("secret", "n", kTime, "{}"));
  EXPECT_NE(signature("secret", "m", kTime, "{}"),
            signature("secret", "m", kTime + std::chrono::seconds(1), "{}"));
}

TEST(Base64, PadsAsRfc4648Has) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
}

}  // namespace
}  // namespace pgadvisor::daemon::notify
