namespace Srpo.Learning.Tests.Updates;

/// <summary>Compares an update with <see cref="PlainUpdate"/>.</summary>
internal static class UpdateAssert
{
    public static void Same(string name, double[][] expected, LearnerState[] before, LearnerState[] after)
    {
        for (var actor = 0; actor < before.Length; actor++)
        {
            var moved = 0.0;
            for (var i = 0; i < expected[actor].Length; i++)
            {
                moved = Math.Max(moved, Math.Abs(expected[actor][i] - before[actor].Parameters[i]));
                Assert.True(
                    Math.Abs(expected[actor][i] - after[actor].Parameters[i]) < 1e-5,
                    $"{name}: actor {actor}, parameter {i}: expected {expected[actor][i]}, got {after[actor].Parameters[i]}");
            }

            Assert.True(moved > 1e-3, $"{name}: actor {actor} moved by {moved} only");
        }
    }
}
