using System.Diagnostics;
using Npgsql;

namespace Billing.Messaging.Tests.Specs;

/// <summary>A PostgreSQL of this test alone, to be stopped under its users.</summary>
internal sealed class Cluster : IAsyncDisposable
{
    private readonly string name = $"restarted-postgres-{Environment.ProcessId}";
    private string dataDirectory = "";

    public string ConnectionString { get; private set; } = "";

    public static async Task<Cluster> StartAsync()
    {
        var cluster = new Cluster();
        await cluster.StartAgainAsync();
        await using var source = NpgsqlDataSource.Create(cluster.ConnectionString);
        await using var command = source.CreateCommand("show data_directory");
        cluster.dataDirectory = (string)(await command.ExecuteScalarAsync())!;
        return cluster;
    }

    /// <summary>Starts it where it was, on the same port, with what it had committed.</summary>
    public async Task StartAgainAsync() =>
        ConnectionString = (await ScriptAsync("start", name, "--throwaway", "--for", $"{Environment.ProcessId}")).Trim();

    /// <summary>Ends it with its users connected.</summary>
    /// <param name="immediate">True: without a last checkpoint, as when the power goes; the next start recovers. False: rolls back what is open.</param>
    public async Task StopAsync(bool immediate)
    {
        var postmaster = int.Parse((await File.ReadAllLinesAsync(Path.Combine(dataDirectory, "postmaster.pid")))[0]);
        using var kill = Process.Start("kill", [immediate ? "-QUIT" : "-INT", $"{postmaster}"]);
        await kill.WaitForExitAsync();
        for (var looks = 0; Directory.Exists($"/proc/{postmaster}"); looks++)
        {
            Assert.True(looks < 3000, "PostgreSQL does not stop.");
            await Task.Delay(20);
        }
    }

    public async ValueTask DisposeAsync() => await ScriptAsync("stop", name);

    private static async Task<string> ScriptAsync(params string[] arguments)
    {
        using var script = Process.Start(new ProcessStartInfo(Script(AppContext.BaseDirectory), ["postgres", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var (output, complaint) = (script.StandardOutput.ReadToEndAsync(), script.StandardError.ReadToEndAsync());
        await script.WaitForExitAsync();
        Assert.True(script.ExitCode == 0, await complaint);
        return await output;
    }

    private static string Script(string directory) => File.Exists(Path.Combine(directory, "Billing.sln"))
        ? Path.Combine(directory, "billing")
        : Script(Path.GetDirectoryName(directory.TrimEnd(Path.DirectorySeparatorChar))!);
}
