using System.Net;
using System.Net.Sockets;

namespace Billing.Api.Tests.Specs;

/// <summary>Where things are built and which ports are free.</summary>
public static class House
{
    public static string Root { get; } = FindRoot(AppContext.BaseDirectory);

    /// <summary>The built assembly of one of our programs, in the configuration that the tests were built in.</summary>
    public static string Program(string project) => Path.Combine(Root, "src", project, "bin", Configuration, "net10.0", $"{project}.dll");

    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static string Configuration => AppContext.BaseDirectory.Contains($"{Path.DirectorySeparatorChar}Release{Path.DirectorySeparatorChar}") ? "Release" : "Debug";

    private static string FindRoot(string path) => File.Exists(Path.Combine(path, "Billing.sln")) ? path : FindRoot(Path.GetDirectoryName(path.TrimEnd(Path.DirectorySeparatorChar))!);
}
