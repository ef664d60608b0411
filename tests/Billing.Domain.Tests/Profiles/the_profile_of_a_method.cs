using Billing.Domain.Profiles;

namespace Billing.Domain.Tests.Profiles;

public class the_profile_of_a_method
{
    [Theory]
    [InlineData(46, ResultTiming.AtOnce, 4, 3, false)]
    [InlineData(58, ResultTiming.Later, 3, 7, false, 3)]
    [InlineData(84, ResultTiming.Later, 2, 14, true, 3)]
    [InlineData(1134, ResultTiming.AtOnce, 4, 3, false)]
    [InlineData(1135, ResultTiming.AtOnce, 4, 3, false)]
    [InlineData(1136, ResultTiming.AtOnce, 4, 3, false)]
    [InlineData(1143, ResultTiming.AtOnce, 4, 3, true)]
    [InlineData(1144, ResultTiming.AtOnce, 4, 3, false)]
    [InlineData(1145, ResultTiming.AtOnce, 4, 3, false)]
    public void says_when_to_expect_what(
        int methodId, ResultTiming timing, int attempts, int pendingWindowDays, bool repeats, int version = 2)
    {
        var profile = MethodProfiles.BuiltIn.Of(methodId);

        Assert.Equal(
            (methodId, version, timing, attempts, pendingWindowDays, repeats),
            (
                profile.MethodId, profile.Version, profile.Timing, profile.Retries.MaxAttempts,
                profile.PendingWindowDays, profile.SendDescriptionAndCountry));
    }

    [Fact]
    public void is_a_cautious_one_of_version_0_where_we_know_nothing()
    {
        var profile = MethodProfiles.BuiltIn.Of(4711);

        Assert.Equal((4711, 0, ResultTiming.Later, 2, 14), (
            profile.MethodId, profile.Version, profile.Timing, profile.Retries.MaxAttempts, profile.PendingWindowDays));
        Assert.True(profile.Takes("XAF"));
    }

    [Fact]
    public void of_sepa_takes_euro_only()
    {
        Assert.True(MethodProfiles.BuiltIn.Of(84).Takes("EUR"));
        Assert.False(MethodProfiles.BuiltIn.Of(84).Takes("SEK"));
    }
}
