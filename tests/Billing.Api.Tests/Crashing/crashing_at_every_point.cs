namespace Billing.Api.Tests.Crashing;

/// <summary>Wherever a process dies: nothing is sent twice without a look-up, nothing captured twice, nothing lost, nothing left unknown.</summary>
public class crashing_at_every_point(CrashMatrix matrix) : IClassFixture<CrashMatrix>
{
    private const int SigKill = 128 + 9;

    public static TheoryData<string> Points => [.. Point.All.Select(point => point.Name)];

    [Theory]
    [MemberData(nameof(Points))]
    public void every_customer_pays_once_when(string it)
    {
        foreach (var crash in matrix.At(Point.All.Single(point => point.Name == it)))
        {
            Assert.Equal(SigKill, crash.ExitCode);
            Assert.True(crash.Customers >= 2);
            Assert.Empty(crash.Wrong);
        }
    }
}
