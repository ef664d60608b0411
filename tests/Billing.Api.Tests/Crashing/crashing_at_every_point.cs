namespace Billing.Api.Tests.Crashing;

/// <summary>After a crash anywhere: no send without a look-up, no second capture, nothing lost or unknown.</summary>
[Keeps(Promise.NeverChargedTwice)]
public class crashing_at_every_point(CrashMatrix matrix) : IClassFixture<CrashMatrix>
{
    private const int SigKill = 128 + 9;

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, CrashMatrix.Seeds)];

    public static TheoryData<int, string> Points
    {
        get
        {
            var points = new TheoryData<int, string>();

            foreach (var seed in Enumerable.Range(1, CrashMatrix.Seeds))
            {
                foreach (var point in Point.All)
                {
                    points.Add(seed, point.Name);
                }
            }

            return points;
        }
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task every_customer_pays_once_when(int seed, string it)
    {
        var crash = await matrix.AtAsync(seed, Point.All.Single(point => point.Name == it));

        Assert.Equal(SigKill, crash.ExitCode);
        Assert.True(crash.Customers >= 2);
        Assert.Empty(crash.Wrong);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task the_outcomes_of_several_charges_are_not_written_when_their_wave_is_lost(int seed)
    {
        var crash = await matrix.AtAsync(
            seed, Point.All.Single(point => point is { KillAt: "record_charge:committing", AfterMilliseconds: 0 }));

        Assert.True(crash.UnderWay >= 2, $"Charges under way: {crash.UnderWay}.");
    }
}
